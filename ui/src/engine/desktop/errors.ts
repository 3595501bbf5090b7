import type { CreateError, JoinError } from '../rooms';
import type { JoinError as ShellJoinError, RoomError } from './shell';

export function createErrorOf(error: RoomError): CreateError {
  switch (error.kind) {
    case 'noNetwork':
    case 'notHosted':
    case 'serverAddress':
    case 'password':
    case 'identity':
    case 'failed':
      return error.kind;
    case 'settings':
      return error.error.kind === 'tooManyRooms' ? 'tooManyRooms' : 'failed';
  }
}

export function joinErrorOf(error: ShellJoinError): JoinError {
  switch (error.kind) {
    case 'alreadyInCall':
    case 'invalidPassword':
    case 'passwordMissing':
    case 'wrongPassword':
    case 'identity':
    case 'failed':
      return error.kind;
    case 'link':
      return 'damagedLink';
    case 'device':
      return 'failed';
  }
}
