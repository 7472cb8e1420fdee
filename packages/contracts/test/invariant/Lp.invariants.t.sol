// SPDX-License-Identifier: MIT
pragma solidity ^0.8.34;

import {RecordsActions} from "../utils/ActionLog.sol";
import {LpRequestVault} from "../../src/makers/lp/LpRequestVault.sol";
import {ILpModule} from "../../src/interfaces/ILpModule.sol";
import {LpRequest} from "../../src/types/LpRequest.sol";
import {ExchangeTest} from "../utils/ExchangeTest.sol";
import {TestToken} from "../utils/TestToken.sol";
import {LpHandler, LpTransferFeeHandler} from "./LpHandler.sol";

/// @dev The obligations of request vaults equal their holdings, under any sequence of {LpHandler}'s actions. The
/// handler checks the share value of the other holders.
contract LpInvariants is ExchangeTest, RecordsActions {
    LpHandler internal handler;

    function setUp() public override {
        super.setUp();
        address[] memory lps = new address[](3);
        (lps[0], lps[1], lps[2]) = (makeAddr("carol"), makeAddr("dave"), makeAddr("erin"));
        address trusted = makeAddr("trusted");
        vm.startPrank(owner());
        om.setWhitelistLp(trusted, true);
        shb.setWhitelistLp(trusted, true);
        vm.stopPrank();
        addMargin(alice, quoteXCD(900_000e18));
        handler = createHandler(trusted, lps);
        targetContract(address(handler));
    }

    function createHandler(address trusted, address[] memory lps) internal virtual returns (LpHandler) {
        return new LpHandler(d, pyth, FEED, [usd, weth], trusted, alice, lps);
    }

    function checkHeld(uint256 held, uint256 owed, string memory what) internal pure virtual {
        assertEq(held, owed, what);
    }

    /// @dev One campaign for all laws: each would replay the same calls.
    function invariant_EscrowIsWhatIsOwed_RequestsAddUpToClaims() public view {
        _checkEscrow();
        _checkClaims();
    }

    /// @dev To the last unit: pending, returned and claimable of all controllers, in assets, shares, collateral and fees.
    function _checkEscrow() private view {
        for (uint256 m = 0; m < 2; ++m) {
            LpRequestVault queue = handler.queues(m);
            (uint256 assets, uint256 shares, uint256 fees) = _owedToRequests(queue);
            uint256 quote;
            for (uint256 i = 0; i < handler.lpCount(); ++i) {
                address lp_ = handler.lps(i);
                assets += queue.maxWithdraw(lp_);
                shares += queue.maxMint(lp_);
                quote += queue.claimableQuote(lp_);
            }
            TestToken token = handler.tokens(m);
            ILpModule maker = handler.makers(m);
            checkHeld(token.balanceOf(address(queue)), assets + handler.donated(m), "assets");
            assertEq(maker.balanceOf(address(queue)), shares, "shares");
            if (token != usd) checkHeld(usd.balanceOf(address(queue)), quote, "collateral in kind");
            assertEq(address(queue).balance, fees, "keeper fees");
        }
    }

    /// @dev Claimable requests add up to the claims of their controllers.
    function _checkClaims() private view {
        for (uint256 m = 0; m < 2; ++m) {
            LpRequestVault queue = handler.queues(m);
            for (uint256 i = 0; i < handler.lpCount(); ++i) {
                address lp_ = handler.lps(i);
                uint256 deposits;
                uint256 redemptions;
                for (uint256 id = 1; id <= queue.requestCount(); ++id) {
                    deposits += queue.claimableDepositRequest(id, lp_);
                    redemptions += queue.claimableRedeemRequest(id, lp_);
                }
                assertEq(deposits, queue.maxDeposit(lp_), "deposits");
                assertEq(redemptions, queue.maxRedeem(lp_), "redemptions");
            }
        }
    }

    function afterInvariant() public {
        handler.printCalls();
        _recordCalls(handler);
    }

    function _owedToRequests(LpRequestVault queue) private view returns (uint256 assets, uint256 shares, uint256 fees) {
        for (uint256 id = 1; id <= queue.requestCount(); ++id) {
            LpRequest memory request = queue.requestOf(id);
            uint256 held = request.returned + (request.isClosed ? 0 : request.amount);
            if (request.isDeposit) assets += held;
            else shares += held;
            fees += request.keeperFee;
        }
    }
}

/// @dev The same with a base token of 8 decimals and collateral of 18.
contract LpInvariantsOtherDecimals is LpInvariants {
    function collateralDecimals() internal pure override returns (uint8) {
        return 18;
    }

    function baseDecimals() internal pure override returns (uint8) {
        return 8;
    }
}

/// @dev T61: the same when collateral and base token start to charge 1% on each transfer. Queues hold at least what they owe.
/// forge-config: default.invariant.runs = 6
/// forge-config: default.invariant.depth = 48
/// forge-config: deep.invariant.runs = 2000
/// forge-config: deep.invariant.depth = 150
contract LpInvariantsTransferFee is LpInvariants {
    function createCollateral() internal override returns (TestToken) {
        return TestToken(deployCode("FeeToken.sol:FeeToken", abi.encode("USD", "USD", uint8(6))));
    }

    function createBaseToken() internal override returns (TestToken) {
        return TestToken(deployCode("FeeToken.sol:FeeToken", abi.encode("WETH", "WETH", uint8(18))));
    }

    function createHandler(address trusted, address[] memory lps) internal override returns (LpHandler) {
        return new LpTransferFeeHandler(d, pyth, FEED, [usd, weth], trusted, alice, lps);
    }

    function checkHeld(uint256 held, uint256 owed, string memory what) internal pure override {
        assertGe(held, owed, what);
    }
}
