import { accountChangesShape, accountShape, newAccountShape } from '../control/account-shapes.ts'
import { addAccount, deleteAccount, editAccount, pageAccounts, showAccount } from '../control/accounts.ts'
import { issuedKeyShape, keyChangesShape, keyShape, newKeyShape } from '../control/key-shapes.ts'
import { deleteKey, editKey, issueKey, pageKeys, showKey } from '../control/keys.ts'
import { newRouteShape, routeChangesShape, routeShape } from '../control/route-shapes.ts'
import { createRoute, deleteRoute, editRoute, pageRoutes, showRoute } from '../control/routes.ts'
import { newTeamShape, teamChangesShape, teamShape } from '../control/team-shapes.ts'
import { createTeam, deleteTeam, editTeam, pageTeams, showTeam } from '../control/teams.ts'
import { filter, pageQuery } from './documented.ts'

// What is listed, made, changed and deleted alike. The ids name the shapes in the document.

export const issuedKey = issuedKeyShape.meta({ id: 'IssuedVirtualKey' })

export const KEYS = {
  path: 'keys',
  tag: 'Virtual keys',
  noun: 'virtual key',
  name: 'VirtualKey',
  shape: keyShape.meta({ id: 'VirtualKey' }),
  createdShape: issuedKey,
  inputShape: newKeyShape.meta({ id: 'NewVirtualKey' }),
  changesShape: keyChangesShape.meta({ id: 'VirtualKeyChanges' }),
  queryShape: pageQuery.extend({ team: filter.meta({ description: 'Id or name of a team.' }) }),
  page: pageKeys,
  create: issueKey,
  show: showKey,
  edit: editKey,
  remove: deleteKey,
}

export const TEAMS = {
  path: 'teams',
  tag: 'Teams',
  noun: 'team',
  name: 'Team',
  shape: teamShape.meta({ id: 'Team' }),
  inputShape: newTeamShape.meta({ id: 'NewTeam' }),
  changesShape: teamChangesShape.meta({ id: 'TeamChanges' }),
  queryShape: pageQuery,
  page: pageTeams,
  create: createTeam,
  show: showTeam,
  edit: editTeam,
  remove: deleteTeam,
}

export const ACCOUNTS = {
  path: 'accounts',
  tag: 'Upstream accounts',
  noun: 'upstream account',
  name: 'Account',
  shape: accountShape.meta({ id: 'Account' }),
  inputShape: newAccountShape.meta({ id: 'NewAccount' }),
  changesShape: accountChangesShape.meta({ id: 'AccountChanges' }),
  queryShape: pageQuery.extend({ provider: filter.meta({ description: 'Id of a provider.' }) }),
  page: pageAccounts,
  create: addAccount,
  show: showAccount,
  edit: editAccount,
  remove: deleteAccount,
}

export const ROUTES = {
  path: 'routes',
  tag: 'Model routes',
  noun: 'model route',
  name: 'ModelRoute',
  shape: routeShape.meta({ id: 'ModelRoute' }),
  inputShape: newRouteShape.meta({ id: 'NewModelRoute' }),
  changesShape: routeChangesShape.meta({ id: 'ModelRouteChanges' }),
  queryShape: pageQuery,
  page: pageRoutes,
  create: createRoute,
  show: showRoute,
  edit: editRoute,
  remove: deleteRoute,
}
